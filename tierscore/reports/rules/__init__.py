"""What a framework's document says, in words and drawings: how an answer comes about, and what it rests on."""
