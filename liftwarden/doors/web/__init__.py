"""Pages for officials, use units and firms."""
