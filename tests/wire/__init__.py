"""The protocols over a loopback server: the only tests that import litellm."""
