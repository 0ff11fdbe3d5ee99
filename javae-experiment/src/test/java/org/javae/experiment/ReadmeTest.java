package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java example of the README compiles and does what it says. */
class ReadmeTest {
  @Test
  void exampleCompilesAndRuns(@TempDir Path dir) throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    Matcher m = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(m.find()).as("a java block in the README").isTrue();
    Path out = dir.resolve("first");
    String body =
        m.group(1).replace("Path.of(\"runs\", \"first\")", "Path.of(" + quoted(out) + ")");
    assertThat(body).contains(quoted(out));
    String source =
        "import java.nio.file.Path; import java.util.Map; import org.javae.experiment.*;"
            + "import org.javae.experiment.picture.ImageFiles; import org.javae.core.evaluate.Evaluator;"
            + "import org.javae.core.train.TrainListener;"
            + "public class Example { public static void main(String[] args) {\n"
            + body
            + "}}";
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignore) {
            return source;
          }
        };
    List<String> options =
        List.of("-d", dir.toString(), "-cp", System.getProperty("java.class.path"));
    assertThat(compiler.getTask(errors, null, null, options, null, List.of(file)).call())
        .as(errors.toString())
        .isTrue();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    }
    assertThat(out.resolve("samples.png")).isNotEmptyFile();
    assertThat(out.resolve("model.json")).isNotEmptyFile();
    assertThat(out.resolve("weights.safetensors")).isNotEmptyFile();
  }

  private static String quoted(Path p) {
    return "\"" + p.toString().replace("\\", "\\\\") + "\"";
  }
}
