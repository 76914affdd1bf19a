"""Networks as files: our own format, ONNX, programs of torch.export."""
