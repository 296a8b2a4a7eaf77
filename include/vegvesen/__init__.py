"""Statens vegvesen's eCoC interface: messages, replies, what counts as which outcome, and the one client that sends."""
