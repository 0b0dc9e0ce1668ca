package dev.meridian.gateway.reference;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What the sources say of types, record components and constants, as Markdown; read with the compiler's own parser. */
final class SourceComments {

    /** @param params by the names of the components */
    record Comment(String text, Map<String, String> params) {

        static final Comment NONE = new Comment("", Map.of());
    }

    private final Path project;
    private final Map<String, Comment> comments = new HashMap<>();

    /** @param project the folder in which the modules are */
    SourceComments(Path project) {
        this.project = project;
    }

    Comment of(Class<?> type) {
        if (!comments.containsKey(type.getName())) {
            comments.put(type.getName(), Comment.NONE);
            comments.putAll(read(type));
        }
        return comments.getOrDefault(type.getName(), Comment.NONE);
    }

    String of(Enum<?> constant) {
        of(constant.getDeclaringClass());
        return comments.getOrDefault(constant.getDeclaringClass().getName() + "#" + constant.name(), Comment.NONE)
                .text();
    }

    private Map<String, Comment> read(Class<?> type) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask) compiler.getTask(null, files, null, null, null, files.getJavaFileObjects(source(type)));
            Reader reader = new Reader(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                reader.scan(unit, unit.getPackageName().toString());
            }
            return reader.comments;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path source(Class<?> type) throws IOException {
        String file = "src/main/java/" + type.getNestHost().getName().replace('.', '/') + ".java";
        try (Stream<Path> modules = Files.list(project)) {
            return modules.map(module -> module.resolve(file))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no module has " + file));
        }
    }

    private static final class Reader extends TreePathScanner<@Nullable Void, String> {

        private final DocTrees trees;
        private final Map<String, Comment> comments = new HashMap<>();

        Reader(DocTrees trees) {
            this.trees = trees;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, String enclosing) {
            boolean nested = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree;
            String name = enclosing + (nested ? "$" : ".") + type.getSimpleName();
            note(name, getCurrentPath());
            return super.visitClass(type, name);
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, String enclosing) {
            note(enclosing + "#" + variable.getName(), getCurrentPath());
            return null;
        }

        private void note(String name, TreePath path) {
            DocCommentTree comment = trees.getDocCommentTree(path);
            if (comment != null) {
                Map<String, String> params = comment.getBlockTags().stream()
                        .filter(ParamTree.class::isInstance)
                        .map(ParamTree.class::cast)
                        .collect(Collectors.toMap(
                                param -> param.getName().toString(), param -> markdown(param.getDescription())));
                comments.put(name, new Comment(markdown(comment.getFullBody()), params));
            }
        }
    }

    private static String markdown(List<? extends DocTree> trees) {
        return trees.stream()
                .map(SourceComments::markdown)
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .trim();
    }

    private static String markdown(DocTree tree) {
        if (tree instanceof LiteralTree literal) {
            return "`" + literal.getBody().getBody().trim() + "`";
        } else if (tree instanceof LinkTree link) {
            String target = link.getReference().getSignature();
            return link.getLabel().isEmpty()
                    ? "`" + kebab(target.replaceFirst(".*#", "")) + "`"
                    : markdown(link.getLabel());
        } else if (tree instanceof StartElementTree) {
            return " "; // a paragraph
        }
        return tree.toString();
    }

    /** As a user writes a constant. */
    static String kebab(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
