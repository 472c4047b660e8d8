"""What the notebooks ask: exercises with their banks of mistakes, and quizzes."""
