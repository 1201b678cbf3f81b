"""The sandbox's MTProto server: transports, handshake, encrypted sessions, one module per API namespace."""
