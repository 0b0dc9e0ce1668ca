package dev.meridian.routes.definition;

import java.util.Arrays;
import java.util.List;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Declares which keys directly under {@code meridian} a module reads. Every module contributes one as a bean; a key
 * that no module declares is refused at start.
 */
public record SettingsRoot(List<String> keys) {

    /** The components of a settings record that is bound to {@code meridian} itself. */
    public static SettingsRoot of(Class<? extends Record> type) {
        return new SettingsRoot(Arrays.stream(type.getRecordComponents())
                .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                .toList());
    }
}
