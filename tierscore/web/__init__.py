"""Pages for people, and the files they need; nothing comes from another host."""
