package dev.meridian.routes.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;

class FilterOrderTests {

    @Test
    void values_standInTheOrderOfTheRequestsWay() {
        assertThat(Arrays.stream(FilterOrder.values()).map(FilterOrder::value)).isSorted();
    }

    @Test
    void values_ofReplacements_areThoseOfTheStockFilters() {
        assertThat(FilterOrder.WRITE_RESPONSE.value()).isEqualTo(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER);
        assertThat(FilterOrder.REQUEST_URL.value()).isEqualTo(RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER);
        assertThat(FilterOrder.FORWARD.value()).isEqualTo(NettyRoutingFilter.ORDER);
    }
}
