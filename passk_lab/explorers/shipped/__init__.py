"""The explorers that come with the lab."""
