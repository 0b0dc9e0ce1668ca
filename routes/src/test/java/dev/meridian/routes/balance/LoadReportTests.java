package dev.meridian.routes.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadReportTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TEXT cpu_utilization=0.3,mem_utilization=0.8          | cpu    | 0.3",
                "TEXT cpu_utilization=0.3,mem_utilization=0.8          | memory | 0.8",
                "TEXT cpu_utilization = 0.3 , mem_utilization = 0.8    | memory | 0.8",
                "text cpu_utilization:0.1,cpu_utilization=1.7          | cpu    | 1.7",
                "TEXT named_metrics.gpu=0.9                            | gpu    | 0.9",
                "TEXT utilization.gpu=0.9                              | gpu    | 0.9",
                "TEXT application_utilization=0.4                      | application_utilization | 0.4",
                "TEXT rps=5,,cpu=0.2,                                  | cpu    | 0.2",
                "TEXT cpu_utilization=0                                | cpu    | 0",
                "JSON {\"cpu_utilization\": 0.3, \"mem_utilization\": 0.8} | cpu | 0.3",
                "JSON {\"cpu_utilization\":0.3,\"mem_utilization\":0.8}    | memory | 0.8",
                "json{\"cpuUtilization\":0.3}                          | cpu    | 0.3",
                "JSON {\"memUtilization\" : 3e-1}                      | memory | 0.3",
                "JSON {\"cpu_utilization\": 0.3, \"named_metrics\": {\"gpu\": 0.9}} | gpu | 0.9",
                "JSON {\"named_metrics\": {\"gpu\": 0.9}, \"cpu_utilization\": 0.3} | cpu | 0.3",
                "JSON {\"utilization\":{\"gpu\":0.9}}                  | gpu    | 0.9",
                "JSON {\"name\":\"cpu_utilization\",\"cpu_utilization\":0.7} | cpu | 0.7",
            })
    void utilisation_named_isFound(String report, String metric, double expected) {
        assertThat(LoadReport.utilisation(report, metric)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "TEXT",
                "JSON",
                "BIN AAAA",
                "cpu_utilization=0.3",
                "TEXT mem_utilization=0.3",
                "TEXT cpu_utilization",
                "TEXT cpu_utilization=",
                "TEXT cpu_utilization=much",
                "TEXT cpu_utilization=-0.1",
                "TEXT cpu_utilization=NaN",
                "TEXT cpu_utilization=Infinity",
                "TEXT =0.3",
                "JSON {}",
                "JSON {\"cpu_utilization\"",
                "JSON {\"cpu_utilization\":",
                "JSON {\"cpu_utilization\":}",
                "JSON {\"cpu_utilization\":\"0.3\"}",
                "JSON {\"cpu_utilization\":null}",
                "JSON {\"cpu_utilization\":-1}",
                "JSON \"",
                "JSON {\"a\":\"cpu_utilization\"}",
            })
    void utilisation_notThereOrNotToBeUnderstood_isNotANumber(String report) {
        assertThat(LoadReport.utilisation(report, "cpu")).isNaN();
    }
}
