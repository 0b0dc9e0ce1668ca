package dev.meridian.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.mock.env.MockEnvironment;
import reactor.netty.ChannelBindException;

class CannotListenFailureAnalyzerTests {

    private final CannotListenFailureAnalyzer analyzer = new CannotListenFailureAnalyzer(
            new MockEnvironment().withProperty("server.port", "8080").withProperty("management.server.port", "9090"));

    @Test
    void analyze_gatewayPortTaken_namesServerPort() {
        FailureAnalysis analysis = analysisOf(new IllegalStateException(new PortInUseException(8080)));

        assertThat(analysis.getDescription()).isEqualTo("Port 8080 (server.port) is already in use.");
        assertThat(analysis.getAction()).contains("--server.port=PORT");
    }

    @Test
    void analyze_managementPortTaken_namesManagementServerPort() {
        FailureAnalysis analysis = analysisOf(new PortInUseException(9090));

        assertThat(analysis.getDescription()).isEqualTo("Port 9090 (management.server.port) is already in use.");
        assertThat(analysis.getAction()).contains("--management.server.port=PORT");
    }

    @Test
    void analyze_foreignAddress_namesAddressAndProperty() {
        FailureAnalysis analysis = analysisOf(notBound("10.9.9.9", 9090, "Cannot assign requested address"));

        assertThat(analysis.getDescription())
                .isEqualTo("Cannot listen on 10.9.9.9:9090 (management.server): Cannot assign requested address.");
        assertThat(analysis.getAction()).contains("management.server.address");
    }

    @Test
    void analyze_lowPort_saysPrivilege() {
        FailureAnalysis analysis =
                analysisOf(notBound("0.0.0.0", 80, "bind(..) failed with error(-13): Permission denied"));

        assertThat(analysis.getDescription()).isEqualTo("Cannot listen on 0.0.0.0:80 (server): Permission denied.");
        assertThat(analysis.getAction()).contains("below 1024", "--server.port=PORT");
    }

    @Test
    void analyze_impossiblePort_namesIt() {
        FailureAnalysis analysis = analysisOf(new WebServerException(
                "Unable to start Netty", new IllegalArgumentException("port out of range:99999")));

        assertThat(analysis.getDescription()).isEqualTo("There is no such port: 99999.");
    }

    @Test
    void analyze_otherFailureOfTheServer_isLeftToOthers() {
        assertThat(analyzer.analyze(new WebServerException("Unable to start Netty", new IllegalStateException("TLS"))))
                .isNull();
    }

    private FailureAnalysis analysisOf(Throwable failure) {
        return Objects.requireNonNull(analyzer.analyze(failure));
    }

    private static WebServerException notBound(String host, int port, String reason) {
        return new WebServerException(
                "Unable to start Netty",
                ChannelBindException.fail(InetSocketAddress.createUnresolved(host, port), new BindException(reason)));
    }
}
