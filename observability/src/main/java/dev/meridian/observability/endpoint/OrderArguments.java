package dev.meridian.observability.endpoint;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Hands an order over whole. By itself the actuator picks what a method has parameters for, which cannot be called {@code
 * dry-run}, and drops the rest without a word.
 */
final class OrderArguments implements OperationInvokerAdvisor {

    @Override
    public OperationInvoker apply(
            EndpointId id, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        if (!id.equals(EndpointId.of(UpstreamsEndpoint.ID)) || type != OperationType.WRITE) {
            return invoker;
        }
        return context -> {
            Map<String, Object> order = new HashMap<>(context.getArguments());
            Map<String, Object> arguments = new HashMap<>();
            arguments.put(UpstreamsEndpoint.UPSTREAM, order.remove(UpstreamsEndpoint.UPSTREAM));
            arguments.put(UpstreamsEndpoint.ORDER, order);
            SecurityContext security = context.resolveArgument(SecurityContext.class);
            return invoker.invoke(new InvocationContext(security == null ? SecurityContext.NONE : security, arguments));
        };
    }
}
