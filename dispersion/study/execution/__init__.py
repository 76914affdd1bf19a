"""How tasks become answers: pending tasks, worker processes, executors."""
