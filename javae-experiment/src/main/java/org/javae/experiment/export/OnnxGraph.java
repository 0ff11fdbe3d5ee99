package org.javae.experiment.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.tensor.DType;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * An ONNX graph under construction, in float32. Every method that computes returns the name of its
 * result, which is what later operators take. The first dimension of inputs and outputs is called
 * {@code batch} and left open.
 */
final class OnnxGraph {
  /** Operator set: the networks need nothing newer, and runtimes of the last years read it. */
  static final int OPSET = 17;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Set<String> constants = new HashSet<>();

  OnnxGraph(String name) {
    graph.setName(name);
  }

  GraphProto build() {
    return graph.build();
  }

  // ---- inputs and outputs

  /** Declares an input {@code [batch, event…]}. */
  String input(String name, Shape event, String meaning) {
    graph.addInput(declaration(name, event, meaning));
    return name;
  }

  /** Gives a value a public name; later operators may use that name too. */
  String output(String name, String value, Shape event, String meaning) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName("output_" + name)
            .setOpType("Identity")
            .addInput(value)
            .addOutput(name));
    graph.addOutput(declaration(name, event, meaning));
    return name;
  }

  private static ValueInfoProto declaration(String name, Shape event, String meaning) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam("batch");
    for (long size : event.toArray()) {
      shape.addDimBuilder().setDimValue(size);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setDocString(meaning)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(shape)))
        .build();
  }

  // ---- constants

  /** Stores a tensor as float32 under its own name, once however often it is asked for. */
  String weights(String name, Tensor t) {
    if (constants.add(name)) {
      constant(
          name, TensorProto.DataType.FLOAT, t.to(DType.FLOAT32).toBytes(), t.shape().toArray());
    }
    return name;
  }

  /** A number. */
  String number(double value) {
    String name = "number_" + (float) value;
    if (constants.add(name)) {
      ByteBuffer b = littleEndian(Float.BYTES).putFloat((float) value);
      constant(name, TensorProto.DataType.FLOAT, b.array());
    }
    return name;
  }

  /** A list of sizes or indices. */
  String integers(long... values) {
    String name =
        "integers_" + String.join("_", Arrays.stream(values).mapToObj(Long::toString).toList());
    if (constants.add(name)) {
      ByteBuffer b = littleEndian(Long.BYTES * values.length);
      b.asLongBuffer().put(values);
      constant(name, TensorProto.DataType.INT64, b.array(), values.length);
    }
    return name;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void constant(String name, TensorProto.DataType type, byte[] bytes, long... sizes) {
    TensorProto.Builder t =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            // Nobody else holds the array, so wrapping it spares a copy of every weight.
            .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
    for (long size : sizes) {
      t.addDims(size);
    }
    graph.addInitializer(t);
  }

  // ---- operators

  /** Applies an operator of one result. */
  String apply(String operator, List<String> inputs, AttributeProto... attributes) {
    return applyMany(operator, 1, inputs, attributes).get(0);
  }

  /** Applies an operator without attributes. */
  String apply(String operator, String... inputs) {
    return apply(operator, List.of(inputs));
  }

  private List<String> applyMany(
      String operator, int results, List<String> inputs, AttributeProto... attributes) {
    String name = operator + "_" + graph.getNodeCount();
    List<String> outputs =
        results == 1
            ? List.of(name)
            : IntStream.range(0, results).mapToObj(i -> name + "_" + i).toList();
    graph.addNode(
        NodeProto.newBuilder()
            .setName(name)
            .setOpType(operator)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addAllAttribute(List.of(attributes)));
    return outputs;
  }

  /** Cuts dimension 1 into parts of these widths. */
  List<String> split(String x, long... widths) {
    return applyMany("Split", widths.length, List.of(x, integers(widths)), integer("axis", 1));
  }

  /** Gives every observation the shape {@code event}. */
  String reshape(String x, Shape event) {
    // Size 0 stands for "as in the input", which keeps the batch open.
    return apply("Reshape", x, integers(event.prepend(0).toArray()));
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder a =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long v : values) {
      a.addInts(v);
    }
    return a.build();
  }

  static AttributeProto number(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }
}
