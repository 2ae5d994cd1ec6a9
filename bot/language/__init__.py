"""What words say: their numbers, dates and names, who does what and to whom, who speaks, and what is denied."""
