"""What modules and packages ask of the socket module beyond its document, shown with each of them at work."""
