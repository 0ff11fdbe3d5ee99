package org.javae.core.io;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedClassResolver;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactoryBuilder;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.CharArrayReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.javae.tensor.UserException;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * JSON and YAML, strictly: unknown, duplicate and missing keys, wrong types, trailing text and
 * absurd depths are errors with a sentence that names file, line and key.
 *
 * <p>NaN and the infinities, which JSON does not have, are written as {@code null}; {@code null} is
 * read as NaN where a {@code double}, {@code float} or an array of them is wanted. A boxed {@code
 * Double} stays {@code null}. Maps keep their order: use a sorted or linked one where the bytes
 * must be the same every time.
 */
public final class Json {
  private static final int MOST_LEVELS = 100;
  private static final long MOST_BYTES = 200_000_000;
  private static final int MOST_CHARACTERS = 20_000_000;
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MOST_LEVELS)
          .maxStringLength(MOST_CHARACTERS)
          .build();

  private static final ObjectMapper JSON =
      strict(
              JsonMapper.builder(
                  JsonFactory.builder()
                      .streamReadConstraints(LIMITS)
                      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                      .addDecorator((factory, generator) -> new FiniteOnly(generator))
                      .build()))
          .build();
  private static final ObjectMapper YAML = strict(JsonMapper.builder(yamlFactory())).build();

  private Json() {}

  // ---- the mappers

  /** The shared mapper for JSON; do not reconfigure it. */
  public static ObjectMapper mapper() {
    return JSON;
  }

  /**
   * The shared mapper for YAML, as strict; do not reconfigure it. {@code 1e-3} is a number and
   * {@code yes}, {@code no}, {@code on}, {@code off} are texts, as people expect.
   */
  public static ObjectMapper yaml() {
    return YAML;
  }

  private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B strict(B builder) {
    return builder
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
        .defaultPrettyPrinter(printer())
        .addModule(
            new SimpleModule("javae")
                .addDeserializer(double.class, new NullIsNan<>(double.class, Double.NaN))
                .addDeserializer(float.class, new NullIsNan<>(float.class, Float.NaN))
                .addDeserializer(double[].class, new Doubles())
                .addDeserializer(float[].class, new Floats()));
  }

  private static DefaultPrettyPrinter printer() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter p =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
    p.indentObjectsWith(indenter);
    return p;
  }

  private static YAMLFactory yamlFactory() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setNestingDepthLimit(MOST_LEVELS);
    options.setCodePointLimit(MOST_CHARACTERS);
    return new PlainYaml(
        YAMLFactory.builder()
            .loaderOptions(options)
            .streamReadConstraints(LIMITS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS));
  }

  // ---- writing

  /** JSON on one line, without a line break at its end. */
  public static String toString(Object value) {
    return write(JSON.writer(), value);
  }

  /** JSON for people: two spaces a level, lines end in {@code \n}, also the last. */
  public static String pretty(Object value) {
    return write(JSON.writerWithDefaultPrettyPrinter(), value) + "\n";
  }

  /** YAML, ending in a line break. */
  public static String toYaml(Object value) {
    return write(YAML.writer(), value);
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "a " + value.getClass().getSimpleName() + " has no JSON: " + e.getOriginalMessage(), e);
    }
  }

  // ---- reading

  /**
   * Reads a JSON file in UTF-8.
   *
   * @throws UserException in one sentence with file, line and key if the file cannot be read or
   *     does not fit {@code type}
   */
  public static <T> T read(Path file, Class<T> type) {
    return readFile(JSON, file, type);
  }

  /** As {@link #read} for a YAML file; an unknown key counts as a wrong request (exit code 2). */
  public static <T> T readYaml(Path file, Class<T> type) {
    return readFile(YAML, file, type);
  }

  /**
   * As {@link #read} for a text.
   *
   * @param source what to call the text in messages, e.g. {@code metrics.jsonl, line 7}
   */
  public static <T> T parse(String text, String source, Class<T> type) {
    return parse(JSON, text, source, type);
  }

  /**
   * Turns a tree into an object, with sentences as in {@link #read}.
   *
   * @param source what to call the tree in messages
   */
  public static <T> T convert(JsonNode tree, String source, Class<T> type) {
    try {
      return JSON.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw misspelt(e, source, JSON, () -> JSON.treeAsTokens(tree))
          .orElseGet(() -> explain(e, source));
    }
  }

  private static <T> T readFile(ObjectMapper mapper, Path file, Class<T> type) {
    String name = Reasons.name(file);
    String text;
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MOST_BYTES) {
        throw UserException.of(
            "%s has %d bytes, expected at most %d; check that this is the right file",
            name, Files.size(file), MOST_BYTES);
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw Reasons.cannotRead(file, e);
    }
    // Some editors put a byte order mark in front.
    return parse(mapper, text.startsWith("\uFEFF") ? text.substring(1) : text, name, type);
  }

  private static <T> T parse(ObjectMapper mapper, String text, String source, Class<T> type) {
    T value;
    try {
      value = mapper.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw misspelt(e, source, mapper, () -> mapper.createParser(text))
          .orElseGet(() -> explain(e, source));
    }
    if (value == null || value instanceof JsonNode n && (n.isMissingNode() || n.isNull())) {
      throw UserException.of("%s is empty, expected %s", source, expected(type));
    }
    return value;
  }

  // ---- sentences

  /**
   * Turns a parser's or binder's exception into one sentence.
   *
   * @param source what to call the input, e.g. the file's name
   */
  public static UserException explain(JsonProcessingException e, String source) {
    String path = e instanceof JsonMappingException m ? path(m.getPath()) : "";
    // The binder wraps what the parser says: the path is outside, line and kind are inside.
    JsonProcessingException root = e;
    while (root.getCause() instanceof JsonProcessingException inner) {
      root = inner;
    }
    return explain(root, source, path);
  }

  private static UserException explain(JsonProcessingException e, String source, String path) {
    boolean yaml = e.getProcessor() instanceof YAMLParser;
    String where = where(source, e.getLocation());
    String at = path.isEmpty() ? "" : " at '" + path + "'";
    for (Throwable t = e.getCause(); t != null; t = t.getCause()) {
      if (t instanceof UserException u) {
        return u.exitCode() == 2
            ? UserException.usage("%s: %s", where, u.getMessage())
            : UserException.of(e, "%s: %s", where, u.getMessage());
      }
    }
    if (e instanceof UnrecognizedPropertyException u) {
      List<JsonMappingException.Reference> container =
          u.getPath().subList(0, Math.max(0, u.getPath().size() - 1));
      Set<String> known = new TreeSet<>();
      if (u.getKnownPropertyIds() != null) {
        u.getKnownPropertyIds().forEach(k -> known.add(k.toString()));
      }
      return unknownKey(e, where, u.getPropertyName(), path(container), known);
    }
    if (e instanceof StreamConstraintsException) {
      return UserException.of(
          e,
          "%s: nested deeper than %d levels or longer than any real file's; check that this is the"
              + " right file",
          where,
          MOST_LEVELS);
    }
    if (e instanceof InvalidTypeIdException i) {
      return UserException.of(e, "%s: %s%s", where, wrongType(i), at);
    }
    if (e instanceof ValueInstantiationException && e.getCause() instanceof RuntimeException r) {
      return UserException.of(e, "%s: %s%s", where, Reasons.show(firstLine(r)), at);
    }
    if (e instanceof MismatchedInputException m) {
      return UserException.of(e, "%s", mismatch(m, source, where, at));
    }
    if (e instanceof InputCoercionException c) {
      return UserException.of(
          e, "%s: the value%s is too large, expected %s", where, at, expected(c.getTargetType()));
    }
    String format = yaml ? "YAML" : "JSON";
    String original = String.valueOf(e.getOriginalMessage());
    if (e instanceof JsonEOFException || original.startsWith("Unexpected end-of-input")) {
      return UserException.of(
          e, "%s: the %s ends in the middle; the file was cut short", where, format);
    }
    if (original.startsWith("Duplicate")) {
      String key = original.replaceFirst("(?s)^[^'\"]*['\"](.*)['\"].*$", "$1");
      return UserException.of(
          e, "%s: the key '%s' appears twice; keep one", where, Reasons.show(key));
    }
    if (e instanceof JsonParseException) {
      int column = e.getLocation() == null ? -1 : e.getLocation().getColumnNr();
      return UserException.of(
          e,
          "%s%s: this is not valid %s; correct it there",
          where,
          column > 0 ? ", column " + column : "",
          format);
    }
    return UserException.of(
        e, "%s: the content%s does not fit; compare it with a working file", where, at);
  }

  private static String path(List<JsonMappingException.Reference> path) {
    StringBuilder b = new StringBuilder();
    for (JsonMappingException.Reference r : path) {
      if (r.getFieldName() == null) {
        b.append('[').append(r.getIndex()).append(']');
      } else {
        b.append(b.isEmpty() ? "" : ".").append(r.getFieldName());
      }
    }
    return Reasons.show(b.toString());
  }

  private static UserException unknownKey(
      JsonProcessingException e, String where, String key, String inside, Set<String> known) {
    String nearest =
        known.stream()
            .min(Comparator.comparingInt(k -> distance(k, key)))
            .filter(k -> distance(k, key) <= Math.max(1, k.length() / 2))
            .map(k -> "; did you mean '" + k + "'?")
            .orElse("");
    String sentence =
        String.format(
            "%s: unknown key '%s'%s%s (%s)",
            where,
            Reasons.show(key),
            inside.isEmpty() ? "" : " in '" + inside + "'",
            nearest,
            known.isEmpty() ? "no key is allowed" : "known keys: " + String.join(", ", known));
    return e.getProcessor() instanceof YAMLParser
        ? UserException.usage("%s", sentence)
        : UserException.of(e, "%s", sentence);
  }

  /** Opens the input a second time. */
  private interface Again {
    JsonParser open() throws IOException;
  }

  /**
   * Records are built before their unknown keys are looked at, so a misspelt key first shows as a
   * missing one or as a refusal of the constructor. Looks at the same place again for a key that
   * the record does not know: that is the mistake to tell.
   */
  private static Optional<UserException> misspelt(
      JsonProcessingException e, String source, ObjectMapper mapper, Again again) {
    List<JsonMappingException.Reference> path;
    JavaType type;
    if (e instanceof ValueInstantiationException v) {
      path = v.getPath();
      type = v.getType();
    } else if (e instanceof UnrecognizedPropertyException u && !u.getPath().isEmpty()) {
      // Known already, but its line is only that of the record's end.
      path = u.getPath().subList(0, u.getPath().size() - 1);
      type = mapper.constructType(u.getReferringClass());
    } else if (e instanceof MismatchedInputException m && missing(m) && !m.getPath().isEmpty()) {
      path = m.getPath().subList(0, m.getPath().size() - 1);
      Object from = m.getPath().get(path.size()).getFrom();
      type = mapper.constructType(from instanceof Class<?> c ? c : from.getClass());
    } else {
      return Optional.empty();
    }
    BeanDescription bean = mapper.getDeserializationConfig().introspect(type);
    JsonIgnoreProperties ignored = bean.getClassAnnotations().get(JsonIgnoreProperties.class);
    if (bean.findAnySetterAccessor() != null || ignored != null && ignored.ignoreUnknown()) {
      return Optional.empty();
    }
    Set<String> known = new TreeSet<>();
    bean.findProperties().forEach(p -> known.add(p.getName()));
    Set<String> silent = new HashSet<>(bean.getIgnoredPropertyNames());
    bean.findProperties().forEach(p -> p.findAliases().forEach(a -> silent.add(a.getSimpleName())));
    JsonTypeInfo info = bean.getClassAnnotations().get(JsonTypeInfo.class);
    if (info != null) {
      silent.add(info.property().isEmpty() ? info.use().getDefaultPropertyName() : info.property());
    }
    if (ignored != null) {
      silent.addAll(List.of(ignored.value()));
    }
    try (JsonParser p = again.open()) {
      p.nextToken();
      for (JsonMappingException.Reference step : path) {
        descend(p, step);
      }
      if (p.currentToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        if (!known.contains(p.currentName()) && !silent.contains(p.currentName())) {
          return Optional.of(
              unknownKey(
                  e, where(source, p.currentTokenLocation()), p.currentName(), path(path), known));
        }
        p.nextToken();
        p.skipChildren();
      }
    } catch (IOException second) {
      // The first error is then the one to tell.
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** Moves from the start of an object or array to the start of one of its values. */
  private static void descend(JsonParser p, JsonMappingException.Reference step)
      throws IOException {
    if (step.getFieldName() != null) {
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = p.currentName().equals(step.getFieldName());
        p.nextToken();
        if (found) {
          return;
        }
        p.skipChildren();
      }
    } else {
      p.nextToken();
      for (int i = 0; i < step.getIndex(); i++) {
        p.skipChildren();
        p.nextToken();
      }
    }
  }

  private static String where(String source, JsonLocation location) {
    int line = location == null ? -1 : location.getLineNr();
    return source + (line > 0 ? ", line " + line : "");
  }

  private static boolean missing(MismatchedInputException e) {
    return String.valueOf(e.getOriginalMessage()).startsWith("Cannot map `null`");
  }

  /** Levenshtein's distance: single insertions, deletions and replacements. */
  private static int distance(String a, String b) {
    String s = b.length() > 100 ? b.substring(0, 100) : b;
    int[] row = new int[s.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= s.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == s.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(diagonal, row[j - 1]));
      }
    }
    return row[s.length()];
  }

  private static String wrongType(InvalidTypeIdException e) {
    Class<?> base = e.getBaseType().getRawClass();
    AnnotatedClass annotated =
        AnnotatedClassResolver.resolve(
            JSON.getDeserializationConfig(), e.getBaseType(), JSON.getDeserializationConfig());
    String allowed =
        JSON
            .getSubtypeResolver()
            .collectAndResolveSubtypesByTypeId(JSON.getDeserializationConfig(), annotated)
            .stream()
            .filter(NamedType::hasName)
            .filter(n -> n.getType() != base)
            .map(NamedType::getName)
            .sorted()
            .collect(Collectors.joining(", "));
    return e.getTypeId() == null
        ? "the 'type' is missing, expected one of " + allowed
        : "unknown type '" + Reasons.show(e.getTypeId()) + "', expected one of " + allowed;
  }

  private static String mismatch(
      MismatchedInputException e, String source, String where, String at) {
    String m = String.valueOf(e.getOriginalMessage());
    if (m.startsWith("No content")) {
      return source + " is empty, expected " + expected(e.getTargetType());
    }
    if (m.startsWith("Trailing token")) {
      return where + ": more follows after the end of the document; remove it";
    }
    if (missing(e)) {
      return where + ": the value" + at + " is missing, expected " + expected(e.getTargetType());
    }
    return where
        + ": the value"
        + at
        + " is of the wrong kind, expected "
        + expected(e.getTargetType());
  }

  private static String expected(Class<?> type) {
    if (type == null) {
      return "another kind of value";
    }
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(c -> JSON.convertValue(c, String.class))
              .collect(Collectors.joining(", "));
    }
    if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
      return "a whole number";
    }
    if (type.isPrimitive() && type != boolean.class && type != char.class
        || Number.class.isAssignableFrom(type)) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (CharSequence.class.isAssignableFrom(type)) {
      return "a text";
    }
    if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return "keys with values";
  }

  private static String firstLine(Throwable t) {
    String m = Objects.requireNonNullElse(t.getMessage(), "the value is refused");
    return m.lines().findFirst().orElse("the value is refused");
  }

  // ---- numbers

  /** Writes null for what JSON cannot express. */
  private static final class FiniteOnly extends JsonGeneratorDelegate {
    FiniteOnly(JsonGenerator generator) {
      // Whole trees and objects come back through this generator.
      super(generator, false);
    }

    @Override
    public void writeNumber(double v) throws IOException {
      if (Double.isFinite(v)) {
        super.writeNumber(v);
      } else {
        writeNull();
      }
    }

    @Override
    public void writeNumber(float v) throws IOException {
      if (Float.isFinite(v)) {
        super.writeNumber(v);
      } else {
        writeNull();
      }
    }

    @Override
    public void writeArray(double[] values, int from, int n) throws IOException {
      writeStartArray(values, n);
      for (int i = from; i < from + n; i++) {
        writeNumber(values[i]);
      }
      writeEndArray();
    }
  }

  /** Reads null as NaN, but a key that is not there at all is an error. */
  private static final class NullIsNan<N extends Number> extends StdScalarDeserializer<N> {
    private static final long serialVersionUID = 1L;
    private final N nan;

    NullIsNan(Class<N> type, N nan) {
      super(type);
      this.nan = nan;
    }

    @Override
    @SuppressWarnings("unchecked")
    public N deserialize(JsonParser p, DeserializationContext c) throws IOException {
      return nan instanceof Double
          ? (N) (Double) _parseDoublePrimitive(p, c)
          : (N) (Float) _parseFloatPrimitive(p, c);
    }

    @Override
    public N getNullValue(DeserializationContext c) {
      return nan;
    }

    @Override
    public Object getAbsentValue(DeserializationContext c) throws JsonMappingException {
      return c.reportInputMismatch(this, "Cannot map `null` into a number");
    }
  }

  private static final class Doubles extends StdScalarDeserializer<double[]> {
    private static final long serialVersionUID = 1L;

    Doubles() {
      super(double[].class);
    }

    @Override
    public double[] deserialize(JsonParser p, DeserializationContext c) throws IOException {
      if (!p.isExpectedStartArrayToken()) {
        return (double[]) c.handleUnexpectedToken(double[].class, p);
      }
      List<Double> values = new ArrayList<>();
      for (JsonToken t = p.nextToken(); t != JsonToken.END_ARRAY; t = p.nextToken()) {
        values.add(t == JsonToken.VALUE_NULL ? Double.NaN : _parseDoublePrimitive(p, c));
      }
      return values.stream().mapToDouble(d -> d).toArray();
    }
  }

  private static final class Floats extends StdScalarDeserializer<float[]> {
    private static final long serialVersionUID = 1L;

    Floats() {
      super(float[].class);
    }

    @Override
    public float[] deserialize(JsonParser p, DeserializationContext c) throws IOException {
      if (!p.isExpectedStartArrayToken()) {
        return (float[]) c.handleUnexpectedToken(float[].class, p);
      }
      List<Float> values = new ArrayList<>();
      for (JsonToken t = p.nextToken(); t != JsonToken.END_ARRAY; t = p.nextToken()) {
        values.add(t == JsonToken.VALUE_NULL ? Float.NaN : _parseFloatPrimitive(p, c));
      }
      float[] r = new float[values.size()];
      for (int i = 0; i < r.length; i++) {
        r[i] = values.get(i);
      }
      return r;
    }
  }

  // ---- YAML

  /**
   * YAML 1.1 takes {@code 1e-3} for a text because it has no point: here it is the number everyone
   * means.
   */
  private static final class PlainYaml extends YAMLFactory {
    private static final long serialVersionUID = 1L;
    private static final Pattern EXPONENT =
        Pattern.compile("[-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)[eE][-+]?[0-9]+");

    PlainYaml(YAMLFactoryBuilder builder) {
      super(builder);
    }

    private PlainYaml(PlainYaml from) {
      super(from, null);
    }

    @Override
    public YAMLFactory copy() {
      return new PlainYaml(this);
    }

    @Override
    protected YAMLParser _createParser(Reader r, IOContext context) {
      return new PlainParser(
          context, _parserFeatures, _yamlParserFeatures, _loaderOptions, _objectCodec, r);
    }

    @Override
    protected YAMLParser _createParser(InputStream in, IOContext context) throws IOException {
      return _createParser(_createReader(in, null, context), context);
    }

    @Override
    protected YAMLParser _createParser(
        char[] data, int from, int n, IOContext context, boolean recyclable) {
      return _createParser(new CharArrayReader(data, from, n), context);
    }

    @Override
    protected YAMLParser _createParser(byte[] data, int from, int n, IOContext context)
        throws IOException {
      return _createParser(_createReader(data, from, n, null, context), context);
    }

    private static final class PlainParser extends YAMLParser {
      PlainParser(
          IOContext context,
          int features,
          int yamlFeatures,
          LoaderOptions options,
          ObjectCodec codec,
          Reader reader) {
        super(context, features, yamlFeatures, options, codec, reader);
        _yamlResolver.addImplicitResolver(Tag.FLOAT, EXPONENT, "-+.0123456789");
      }
    }
  }
}
