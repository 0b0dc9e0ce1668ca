package dev.meridian.routes.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.source.ChangeGate.Verdict;
import org.junit.jupiter.api.Test;

class ChangeGateTests {

    private final ChangeGate gate = new ChangeGate();

    private void settle(String text) {
        gate.look(text);
        gate.look(text);
        gate.done();
    }

    @Test
    void look_atFirst_isAChange() {
        assertThat(gate.look("a")).isEqualTo(Verdict.CHANGING);
        assertThat(gate.look("a")).isEqualTo(Verdict.CHANGED);
    }

    @Test
    void look_nothingThereAtFirst_isAChangeAsWell() {
        assertThat(gate.look("")).isEqualTo(Verdict.CHANGED);
        gate.done();
        assertThat(gate.look("")).isEqualTo(Verdict.SAME);
    }

    @Test
    void look_sameAsHandled_isNothingNew() {
        settle("a");

        assertThat(gate.look("a")).isEqualTo(Verdict.SAME);
        assertThat(gate.look("a")).isEqualTo(Verdict.SAME);
    }

    @Test
    void look_asLongAsItChanges_isNotTakenOver() {
        settle("a");

        assertThat(gate.look("b")).isEqualTo(Verdict.CHANGING);
        assertThat(gate.look("bb")).isEqualTo(Verdict.CHANGING);
        assertThat(gate.look("bbb")).isEqualTo(Verdict.CHANGING);
        assertThat(gate.look("bbb")).isEqualTo(Verdict.CHANGED);
    }

    @Test
    void look_backToWhatItWas_isNothingNew() {
        settle("a");
        gate.look("b");

        assertThat(gate.look("a")).isEqualTo(Verdict.SAME);
        assertThat(gate.look("b")).isEqualTo(Verdict.CHANGING);
    }

    @Test
    void look_notDone_isSaidAgain() {
        settle("a");
        gate.look("b");

        assertThat(gate.look("b")).isEqualTo(Verdict.CHANGED);
        assertThat(gate.look("b")).isEqualTo(Verdict.CHANGED);
    }
}
