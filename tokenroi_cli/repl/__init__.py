"""The prompt that stays open: prompt-toolkit lives here and nowhere else."""
