"""Tests of the invoice library."""
