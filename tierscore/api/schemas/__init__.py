"""The shape of every answer, one module per kind of resource. They describe; they compute nothing."""
