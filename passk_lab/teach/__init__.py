"""What a teacher takes along: the kit."""
