"""Answers to media: each file takes an answer and gives back text, data or something drawn."""
