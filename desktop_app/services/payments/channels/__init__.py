"""One module a channel: how the gateway is asked for something payable."""
