package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Body;
import dev.meridian.testkit.http.Headers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Answers with the request as JSON. */
final class Echo implements Behaviour {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public void handle(Recorded request, Exchange out) throws IOException {
        Body body = request.body();
        Map<String, @Nullable Object> echo = new LinkedHashMap<>();
        echo.put("method", request.method());
        echo.put("target", request.target());
        echo.put("version", request.version());
        echo.put("headers", request.headers().map());
        echo.put("trailers", request.trailers().map());
        echo.put("body", body.truncated() ? null : body.text());
        echo.put("length", body.length());
        echo.put("sha256", body.sha256());
        echo.put("connection", request.connection());
        out.answer(200, Headers.of("Content-Type", "application/json"), JSON.writeValueAsBytes(echo));
    }
}
