package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SelectionTests {

    private final Lab lab = new Lab();
    private final Upstream upstream =
            lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 6), Lab.region("us", 1, 1, 1));
    private final Selection selection = Lab.request();

    @Test
    void tried_none_knowsNone() {
        assertThat(selection.triedCount()).isZero();
        assertThat(selection.lastTried()).isNull();
        assertThat(selection.hasTried(Lab.live(upstream, "eu0"))).isFalse();
        assertThat(selection.overCapacity()).isFalse();
    }

    @Test
    void tried_many_areAllRemembered() {
        for (int i = 0; i < 6; i++) {
            selection.tried(Lab.live(upstream, "eu" + i));
        }

        assertThat(selection.triedCount()).isEqualTo(6);
        assertThat(selection.lastTried()).isSameAs(Lab.live(upstream, "eu5"));
        assertThat(selection.hasTried(Lab.live(upstream, "eu0"))).isTrue();
        assertThat(selection.hasTried(Lab.live(upstream, "us0"))).isFalse();
        assertThat(selection.triedIn(Lab.live(upstream, "eu0").region())).isEqualTo(6);
        assertThat(selection.triedIn(Lab.live(upstream, "us0").region())).isZero();
    }

    @Test
    void hasTried_sameEndpointOfANewConfiguration_isTheSame() {
        selection.tried(Lab.live(upstream, "eu0"));
        Upstream changed = lab.upstream(Lab.settings("balance=random"), Lab.region("eu", 0, 1, 2));

        assertThat(selection.hasTried(Lab.live(changed, "eu0"))).isTrue();
        assertThat(selection.hasTried(Lab.live(changed, "eu1"))).isFalse();
    }
}
