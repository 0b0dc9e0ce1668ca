package dev.meridian.routes.discovery;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;

/** A discovery that answers what a test says. */
final class FakeDiscovery implements ReactiveDiscoveryClient {

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final Map<String, Flux<ServiceInstance>> byService = new ConcurrentHashMap<>();
    private volatile Supplier<Flux<ServiceInstance>> answer = Flux::empty;

    void answers(ServiceInstance... instances) {
        answer = () -> Flux.just(instances);
    }

    void answers(Supplier<Flux<ServiceInstance>> next) {
        answer = next;
    }

    List<String> asked() {
        return asked;
    }

    List<String> threads() {
        return threads;
    }

    List<String> ended() {
        return ended;
    }

    /** What it says of one service, whatever it says of others. */
    void answersFor(String service, ServiceInstance... instances) {
        byService.put(service, Flux.just(instances));
    }

    @Override
    public String description() {
        return "fake";
    }

    @Override
    public Flux<ServiceInstance> getInstances(String serviceId) {
        asked.add(serviceId);
        threads.add(Thread.currentThread().getName());
        Flux<ServiceInstance> own = byService.get(serviceId);
        return (own == null ? answer.get() : own).doFinally(signal -> ended.add(serviceId));
    }

    @Override
    public Flux<String> getServices() {
        return Flux.empty();
    }
}
