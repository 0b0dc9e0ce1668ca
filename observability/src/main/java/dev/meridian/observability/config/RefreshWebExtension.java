package dev.meridian.observability.config;

import dev.meridian.routes.refresh.GatewayRefresher;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.cloud.endpoint.RefreshEndpoint;

/**
 * {@code POST /actuator/refresh} tells what has changed, or why nothing has: stock answers 200 with a list of keys, whatever
 * became of it.
 */
@EndpointWebExtension(endpoint = RefreshEndpoint.class)
final class RefreshWebExtension {

    private final GatewayRefresher refresher;
    private final RefreshAnswers answers;

    RefreshWebExtension(GatewayRefresher refresher, RefreshAnswers answers) {
        this.refresher = refresher;
        this.answers = answers;
    }

    @WriteOperation
    WebEndpointResponse<Map<String, Object>> refresh() {
        return answers.to(refresher::refresh);
    }
}
