package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LiveStatesTests {

    private final Lab lab = new Lab();
    private final Upstream before = lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 2));

    @Test
    void endpoint_madeAnewWithOtherSettings_knowsWhatItKnew() {
        Upstream after = lab.upstream(Lab.settings("balance=hash"), Lab.region("eu", 1, 7, 3));

        assertThat(Lab.live(after, "eu0").state())
                .isSameAs(Lab.live(before, "eu0").state());
        assertThat(Lab.live(after, "eu0").region())
                .isSameAs(Lab.live(before, "eu0").region());
    }

    @Test
    void endpoint_ofAnotherUpstreamOrRegion_isAnother() {
        Upstream region = lab.upstream(Lab.settings(), Lab.region("us", 0, 1, 0).withEndpoints(before.endpoints()));
        Upstream upstream = lab.factory.of("stock", before.endpoints(), Lab.settings());

        assertThat(Lab.live(region, "eu0").state())
                .isNotSameAs(Lab.live(before, "eu0").state());
        assertThat(Lab.live(upstream, "eu0").state())
                .isNotSameAs(Lab.live(before, "eu0").state());
    }

    @Test
    void used_notHadForTenMinutes_isForgotten() {
        Upstream smaller = lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 1));
        lab.ticker.advance(Duration.ofMinutes(11));
        lab.states.used(smaller, lab.ticker.getAsLong());
        Upstream again = lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 2));

        assertThat(Lab.live(again, "eu0").state())
                .isSameAs(Lab.live(before, "eu0").state());
        assertThat(Lab.live(again, "eu1").state())
                .isNotSameAs(Lab.live(before, "eu1").state());
    }

    @Test
    void used_goneForAWhile_isRemembered() {
        Upstream smaller = lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 1));
        lab.ticker.advance(Duration.ofMinutes(9));
        lab.states.used(smaller, lab.ticker.getAsLong());
        Upstream again = lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 2));

        assertThat(Lab.live(again, "eu1").state())
                .isSameAs(Lab.live(before, "eu1").state());
    }

    @Test
    void used_requestsUnderWay_keepItsState() {
        LiveEndpoint busy = Lab.live(before, "eu1");
        busy.onStart();
        Upstream smaller = lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 1));
        lab.ticker.advance(Duration.ofHours(1));
        lab.states.used(smaller, lab.ticker.getAsLong());
        Upstream again = lab.upstream(Lab.settings(), Lab.region("eu", 0, 1, 2));

        assertThat(Lab.live(again, "eu1").state()).isSameAs(busy.state());
    }
}
