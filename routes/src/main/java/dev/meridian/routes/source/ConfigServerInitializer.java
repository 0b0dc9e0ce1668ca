package dev.meridian.routes.source;

import dev.meridian.routes.refresh.ServerAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.springframework.boot.bootstrap.BootstrapRegistry;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.BootstrapRegistryInitializer;
import org.springframework.cloud.config.client.ConfigClientRequestTemplateFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestTemplate;

/** Puts {@linkplain ConfigServerLimits limits} to the client that Spring Cloud reads a config server with. */
final class ConfigServerInitializer implements BootstrapRegistryInitializer {

    private static final String CLIENT = "org.springframework.cloud.config.client.ConfigClientRequestTemplateFactory";

    @Override
    public void initialize(BootstrapRegistry registry) {
        if (ClassUtils.isPresent(CLIENT, null)) {
            Limited.in(registry);
        }
    }

    /** Apart, since the client need not be there. */
    private static final class Limited {

        static void in(BootstrapRegistry registry) {
            registry.registerIfAbsent(ServerAnswer.class, InstanceSupplier.from(ServerAnswer::new));
            registry.registerIfAbsent(RestTemplate.class, context -> {
                ServerAnswer answer = Objects.requireNonNull(context.get(ServerAnswer.class), "registered above");
                RestTemplate template = Objects.requireNonNull(
                                context.get(ConfigClientRequestTemplateFactory.class), "Spring Cloud's client has one")
                        .create();
                template.getInterceptors().add(0, (request, body, execution) -> ask(request, body, execution, answer));
                return template;
            });
        }

        private static ClientHttpResponse ask(
                HttpRequest request, byte[] body, ClientHttpRequestExecution execution, ServerAnswer answer)
                throws IOException {
            try {
                ClientHttpResponse response = execution.execute(request, body);
                answer.note(request.getURI() + " answered " + response.getStatusCode());
                return new Response(response);
            } catch (IOException e) {
                answer.note(request.getURI() + " did not answer: " + e.getMessage());
                throw e;
            }
        }
    }

    private record Response(ClientHttpResponse response, InputStream limited) implements ClientHttpResponse {

        Response(ClientHttpResponse response) throws IOException {
            this(response, new ConfigServerLimits(response.getBody(), System::nanoTime));
        }

        @Override
        public InputStream getBody() {
            return limited;
        }

        @Override
        public HttpHeaders getHeaders() {
            return response.getHeaders();
        }

        @Override
        public HttpStatusCode getStatusCode() throws IOException {
            return response.getStatusCode();
        }

        @Override
        public String getStatusText() throws IOException {
            return response.getStatusText();
        }

        /** Without reading on to the end, as Spring would. */
        @Override
        public void close() {
            try {
                limited.close();
            } catch (IOException e) {
                // It is given up anyway.
            }
            response.close();
        }
    }
}
