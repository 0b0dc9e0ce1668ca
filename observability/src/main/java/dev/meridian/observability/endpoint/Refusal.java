package dev.meridian.observability.endpoint;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;

/** Why a question has no answer or an order was not carried out: a problem as in RFC 9457. */
record Refusal(String title, int status, String detail) implements OperationResponseBody {

    private static final MimeType PROBLEM = new MimeType("application", "problem+json");

    static WebEndpointResponse<Object> notFound(String detail) {
        return new Refusal("Not Found", WebEndpointResponse.STATUS_NOT_FOUND, detail).response();
    }

    static WebEndpointResponse<Object> badRequest(String detail) {
        return new Refusal("Bad Request", WebEndpointResponse.STATUS_BAD_REQUEST, detail).response();
    }

    static WebEndpointResponse<Object> unavailable(String detail) {
        return new Refusal("Service Unavailable", WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, detail).response();
    }

    private WebEndpointResponse<Object> response() {
        return new WebEndpointResponse<>(this, status, PROBLEM);
    }
}
