package dev.meridian.routes.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.core.env.StandardEnvironment;
import reactor.core.publisher.Flux;

class KeptRouteLocatorTests {

    private final GatewayProperties properties = new GatewayProperties();
    private final List<RouteDefinition> definitions = new ArrayList<>();
    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    private final RouteFactory factory = factory(properties, beans);
    private boolean failOnError = true;
    private final Map<String, String> refusals = new HashMap<>();
    private final KeptRouteLocator locator = new KeptRouteLocator(
            () -> Flux.fromIterable(List.copyOf(definitions)),
            factory,
            (definition, made) -> refusals.getOrDefault(definition.getId(), ""),
            () -> failOnError);

    private static RouteFactory factory(GatewayProperties properties, DefaultListableBeanFactory beans) {
        StaticApplicationContext context = new StaticApplicationContext();
        context.refresh();
        beans.registerSingleton("environment", new StandardEnvironment());
        ConfigurationService binding =
                new ConfigurationService(beans, DefaultConversionService::getSharedInstance, () -> null);
        binding.setApplicationEventPublisher(context);
        return new RouteFactory(
                List.of(new PathRoutePredicateFactory(new WebFluxProperties())),
                List.of(new AddRequestHeaderGatewayFilterFactory()),
                properties,
                binding);
    }

    private static RouteDefinition route(String id, String predicate) {
        RouteDefinition definition = new RouteDefinition();
        definition.setId(id);
        definition.setUri(URI.create("lb://orders"));
        definition.setPredicates(List.of(new PredicateDefinition(predicate)));
        return definition;
    }

    private void define(RouteDefinition... all) {
        definitions.clear();
        definitions.addAll(List.of(all));
    }

    private List<Route> routes() {
        return Objects.requireNonNull(locator.getRoutes().collectList().block());
    }

    @Test
    void getRoutes_definitionUnchanged_keepsTheRoute() {
        define(route("a", "Path=/a"), route("b", "Path=/b"));
        List<Route> before = routes();

        define(route("a", "Path=/a"), route("b", "Path=/other"), route("c", "Path=/c"));
        List<Route> after = routes();

        assertThat(after).extracting(Route::getId).containsExactly("a", "b", "c");
        assertThat(after.get(0)).isSameAs(before.get(0));
        assertThat(after.get(1)).isNotSameAs(before.get(1));
        assertThat(locator.definitions()).containsOnlyKeys("a", "b", "c");
    }

    @Test
    void getRoutes_defaultFiltersChanged_makesAllAnew() {
        define(route("a", "Path=/a"));
        Route before = routes().get(0);

        properties.setDefaultFilters(List.of(new FilterDefinition("AddRequestHeader=X-A, 1")));
        Route after = routes().get(0);

        assertThat(after).isNotSameAs(before);
        assertThat(after.getFilters()).hasSize(1);
        assertThat(routes().get(0)).isSameAs(after);
    }

    @Test
    void getRoutes_refused_servesInItsLastGoodVersion() {
        define(route("a", "Path=/a"));
        Route before = routes().get(0);

        refusals.put("a", "no");
        define(route("a", "Path=/other"));

        assertThat(routes()).containsExactly(before);
        assertThat(locator.bad()).containsExactly(new BadRoute("a", "no", true));
    }

    @Test
    void prepare_makesEachOnce() {
        RouteDefinition off = route("off", "Path=/off");
        off.setEnabled(false);
        locator.prepare(List.of(route("a", "Path=/a"), route("b", "Pth=/b"), off));

        assertThat(locator.keeps(route("a", "Path=/a"))).isTrue();
        assertThat(locator.keeps(route("b", "Pth=/b"))).isFalse();
        assertThat(locator.keeps(off)).isFalse();
    }

    @Test
    void getRoutes_badAtFirst_isAnError() {
        define(route("a", "Path=/a"), route("b", "Pth=/b"));

        assertThatThrownBy(this::routes).hasMessageContaining("Pth");
    }

    @Test
    void getRoutes_badAtFirstAndThatIsNoError_isLeftOut() {
        failOnError = false;
        define(route("a", "Path=/a"), route("b", "Pth=/b"));

        assertThat(routes()).extracting(Route::getId).containsExactly("a");
        assertThat(locator.bad()).singleElement().satisfies(bad -> {
            assertThat(bad.id()).isEqualTo("b");
            assertThat(bad.kept()).isFalse();
            assertThat(bad.reason()).contains("Pth");
        });
    }

    @Test
    void getRoutes_badLater_keepsTheLastGoodVersionUntilItIsGood() {
        define(route("a", "Path=/a"), route("b", "Path=/b"));
        List<Route> good = routes();

        define(route("a", "Pth=/a"), route("b", "Path=/b"), route("c", "Pth=/c"));
        for (int i = 0; i < 3; i++) {
            assertThat(routes()).containsExactlyElementsOf(good);
            assertThat(locator.bad()).extracting(BadRoute::id).containsExactly("a", "c");
            assertThat(locator.bad()).extracting(BadRoute::kept).containsExactly(true, false);
        }

        define(route("a", "Path=/again"), route("b", "Path=/b"));
        assertThat(routes().get(0)).isNotSameAs(good.get(0));
        assertThat(locator.bad()).isEmpty();
    }

    @Test
    void getRoutes_badOneIsRemoved_isGone() {
        define(route("a", "Path=/a"), route("b", "Path=/b"));
        routes();
        define(route("a", "Pth=/a"), route("b", "Path=/b"));
        routes();

        define(route("b", "Path=/b"));

        assertThat(routes()).extracting(Route::getId).containsExactly("b");
        assertThat(locator.bad()).isEmpty();
    }

    @Test
    void getRoutes_expressionInAnArgument_isNeverEvaluated() {
        define(route("a", "Path=/a"));
        routes();
        RouteDefinition header = route("b", "Path=/b");
        header.setFilters(List.of(new FilterDefinition("AddRequestHeader=X, #{T(java.lang.Runtime).getRuntime()}")));
        RouteDefinition listed = route("c", "Path=/c");
        PredicateDefinition paths = new PredicateDefinition();
        paths.setName("Path");
        paths.setArgs(Map.of("patterns[0]", "/c", "patterns[1]", "\n#{@environment.getProperty('user.home')}"));
        listed.setPredicates(List.of(paths));
        RouteDefinition told = route("d", "Path=/d");
        told.setMetadata(Map.of("note", "#{systemProperties}"));

        define(route("a", "Path=/a"), header, listed, told);

        assertThat(routes()).extracting(Route::getId).containsExactly("a", "d");
        assertThat(locator.bad()).extracting(BadRoute::id).containsExactly("b", "c");
        assertThat(locator.bad().get(0).reason())
                .contains("Filter AddRequestHeader: #{T(java.lang.Runtime).getRuntime()} (expected: plain text");
        assertThat(locator.bad().get(1).reason()).contains("Predicate Path: #{@environment");
    }

    @Test
    void getRoutes_expressionInADefaultFilter_isNeverEvaluated() {
        properties.setDefaultFilters(List.of(new FilterDefinition("AddRequestHeader=X, #{@systemProperties}")));
        define(route("a", "Path=/a"));

        assertThatThrownBy(this::routes).hasMessageContaining("Default filter AddRequestHeader: #{@systemProperties}");
    }

    @Test
    void getRoutes_expressionThatNeverEnds_isBad() {
        define(route("a", "Path=/a"));
        routes();

        define(route("a", "Path=/a"), route("b", "Path=/{x:((a+)+)+b}"));

        assertThat(routes()).extracting(Route::getId).containsExactly("a");
        assertThat(locator.bad().get(0).reason()).contains("Predicate Path: /{x:((a+)+)+b}", "comes to an end");
    }

    @Test
    void getRoutes_nameOfABean_isLookedUp() {
        beans.registerSingleton("name", "found");
        RouteDefinition named = route("a", "Path=/a");
        named.setFilters(List.of(new FilterDefinition("AddRequestHeader=X, #{@name}")));
        define(named);

        assertThat(routes().get(0).getFilters().get(0)).asString().contains("found");
    }

    @Test
    void keeps_isAboutTheVerySameDefinition() {
        define(route("a", "Path=/a"));
        assertThat(locator.hasRoutes()).isFalse();
        routes();

        assertThat(locator.hasRoutes()).isTrue();
        assertThat(locator.keeps(route("a", "Path=/a"))).isTrue();
        assertThat(locator.keeps(route("a", "Path=/b"))).isFalse();
    }

    @Test
    void getRoutesByMetadata_filters() {
        RouteDefinition marked = route("a", "Path=/a");
        marked.setMetadata(Map.of("team", "x"));
        define(marked, route("b", "Path=/b"));

        assertThat(locator.getRoutesByMetadata(Map.of("team", "x"))
                        .collectList()
                        .block())
                .extracting(Route::getId)
                .containsExactly("a");
    }
}
