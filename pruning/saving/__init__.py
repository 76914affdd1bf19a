"""Save networks: in our own format, as ONNX, as programs of torch.export."""
