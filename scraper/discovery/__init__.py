"""What a page leads to: pure and synchronous, snapshot in, requests out."""
