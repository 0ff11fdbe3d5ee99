package org.javae.data.read;

import java.nio.ByteBuffer;

/** Type of an array's elements as stored. */
enum Element {
  U8(1),
  I8(1),
  BOOL(1),
  I16(2),
  U16(2),
  F16(2),
  I32(4),
  U32(4),
  F32(4),
  I64(8),
  U64(8),
  F64(8);

  final int size;

  Element(int size) {
    this.size = size;
  }

  /** Whether values are kept as bytes. */
  boolean isByte() {
    return this == U8 || this == BOOL;
  }

  boolean isInteger() {
    return this != F16 && this != F32 && this != F64 && this != BOOL;
  }

  /** Element {@code i} of {@code b}, in {@code b}'s byte order. */
  double get(ByteBuffer b, int i) {
    return switch (this) {
      case U8 -> b.get(i) & 0xff;
      case BOOL -> b.get(i) == 0 ? 0 : 1;
      case I8 -> b.get(i);
      case I16 -> b.getShort(2 * i);
      case U16 -> b.getShort(2 * i) & 0xffff;
      case F16 -> half(b.getShort(2 * i));
      case I32 -> b.getInt(4 * i);
      case U32 -> b.getInt(4 * i) & 0xffffffffL;
      case F32 -> b.getFloat(4 * i);
      case I64 -> b.getLong(8 * i);
      case U64 -> unsigned(b.getLong(8 * i));
      case F64 -> b.getDouble(8 * i);
    };
  }

  void get(ByteBuffer b, float[] out) {
    if (this == F32) {
      b.asFloatBuffer().get(0, out);
      return;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) get(b, i);
    }
  }

  private static double unsigned(long v) {
    return v >= 0 ? v : (v >>> 1 | v & 1) * 2.0;
  }

  /** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
  private static double half(short s) {
    int exponent = s >> 10 & 0x1f;
    int fraction = s & 0x3ff;
    double v;
    if (exponent == 0) {
      v = fraction * 0x1p-24;
    } else if (exponent == 31) {
      v = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else {
      v = Math.scalb(1024 + fraction, exponent - 25);
    }
    return s < 0 ? -v : v;
  }
}
