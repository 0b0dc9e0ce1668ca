package dev.meridian.observability.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.meridian.routes.explain.Explainer;
import dev.meridian.routes.explain.InvalidQuestionException;
import dev.meridian.routes.explain.Question;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.annotation.RestControllerEndpoint;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Says which way a request would go, and why, without sending it. */
/*
 * A controller, since an operation of the technology-neutral kind is given nothing but plain text: Boot reads an order's
 * members as strings, and header fields are an object.
 */
@SuppressWarnings("removal")
@RestControllerEndpoint(id = ExplainEndpoint.ID)
class ExplainEndpoint {

    static final String ID = "explain";

    /** Of the question: a body is not sent along, only its size. */
    private static final int MAX_QUESTION_BYTES = 256 * 1024;

    private final Explainer explainer;
    private final JsonMapper mapper = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    ExplainEndpoint(Explainer explainer) {
        this.explainer = explainer;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> explain(@RequestBody(required = false) byte @Nullable [] question) {
        // A predicate that answers later is waited for.
        return Mono.fromSupplier(() -> answer(question)).subscribeOn(Schedulers.boundedElastic());
    }

    private ResponseEntity<byte[]> answer(byte @Nullable [] question) {
        if (question == null || question.length > MAX_QUESTION_BYTES) {
            return refused("a question: " + (question == null ? "(nothing)" : question.length + " bytes")
                    + " (expected: an object with at least a uri, of at most " + MAX_QUESTION_BYTES + " bytes)");
        }
        try {
            Map<String, Object> explanation = explainer.explain(Question.parse(members(question)));
            return ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(mapper.writeValueAsBytes(explanation));
        } catch (InvalidQuestionException e) {
            return refused(String.valueOf(e.getMessage()));
        } catch (JacksonException e) {
            return refused("no JSON object: " + e.getOriginalMessage());
        }
    }

    private Map<?, ?> members(byte[] question) {
        return mapper.readValue(new String(question, StandardCharsets.UTF_8), Map.class);
    }

    private ResponseEntity<byte[]> refused(String detail) {
        Refusal refusal = new Refusal("Bad Request", HttpStatus.BAD_REQUEST.value(), detail);
        return ResponseEntity.badRequest()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(mapper.writeValueAsBytes(refusal));
    }
}
