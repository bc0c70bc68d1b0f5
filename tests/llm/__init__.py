"""The providers without the network, and without litellm."""
