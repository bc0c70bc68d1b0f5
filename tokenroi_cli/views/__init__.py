"""Values to text. Pure but for one console module; rich lives here."""
