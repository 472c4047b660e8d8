"""How fast and how exact the lab is, beside what people use instead."""
