package org.javae.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element types JaVAE uses. */
public enum DType {
  FLOAT32(ScalarType.Float, 4),
  FLOAT64(ScalarType.Double, 8),
  INT64(ScalarType.Long, 8),
  INT32(ScalarType.Int, 4),
  UINT8(ScalarType.Byte, 1),
  BOOL(ScalarType.Bool, 1);

  final ScalarType raw;
  private final int bytes;

  DType(ScalarType raw, int bytes) {
    this.raw = raw;
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  static DType of(ScalarType t) {
    for (DType d : values()) {
      if (d.raw.value == t.value) {
        return d;
      }
    }
    throw new EngineException("element type " + t + " is not one JaVAE uses", null);
  }
}
