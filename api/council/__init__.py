"""The council: its seats, its members, what each class of decision takes."""
