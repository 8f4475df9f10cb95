"""What the charts show, as small frozen values counted from tickets and calls: pure, one subject a file."""
