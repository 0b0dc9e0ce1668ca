package dev.meridian.routes.definition;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Declares which keys directly under {@code meridian} a module reads. Every module contributes one as a bean; a key
 * that no module declares is refused at start.
 *
 * @param type the settings record with these components, {@code null} where there is none
 */
public record SettingsRoot(List<String> keys, @Nullable Class<? extends Record> type) {

    /** Keys of which nobody says what may stand below them. */
    public SettingsRoot(List<String> keys) {
        this(keys, null);
    }

    /** The components of a settings record that is bound to {@code meridian} itself. */
    public static SettingsRoot of(Class<? extends Record> type) {
        return new SettingsRoot(
                Arrays.stream(type.getRecordComponents())
                        .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                        .toList(),
                type);
    }
}
