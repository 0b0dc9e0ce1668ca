package dev.meridian.gateway.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.gateway.MeridianApplication;
import dev.meridian.routes.definition.SettingsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

/** Writes the page of all properties where it does not say what the code does. */
@SpringBootTest(classes = MeridianApplication.class, properties = "spring.main.lazy-initialization=true")
class ReferencePageTests {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = PROJECT.resolve("src/docs/reference.md");

    @Autowired
    private List<SettingsRoot> roots;

    @Test
    void page_isWhatTheCodeSays() throws IOException {
        ReferencePage reference = new ReferencePage(new SourceComments(PROJECT));
        String page = reference.write(roots);

        assertThat(reference.problems())
                .as("what the settings records do not say")
                .isEmpty();
        boolean current = Files.exists(PAGE) && page.equals(Files.readString(PAGE));
        if (!current) {
            Files.writeString(PAGE, page);
        }
        assertThat(current)
                .as("%s was out of date and has been written anew: look at it and commit it", PAGE)
                .isTrue();
    }
}
