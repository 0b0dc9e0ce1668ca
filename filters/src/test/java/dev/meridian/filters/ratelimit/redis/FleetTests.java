package dev.meridian.filters.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.redis.Fleet.Part;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FleetTests {

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000_000;
    private static final long GRACE = 3 * SECOND;
    private static final long AHEAD = 10 * SECOND;
    private static final String REDIS = "redis";

    private final AtomicLong clock = new AtomicLong(1_000 * SECOND);
    private final Fleet fleet = new Fleet(clock::get, GRACE);

    private void beat(int count, int rank, int heard) {
        fleet.onHeartbeat(count, rank, heard, clock.get() + AHEAD, clock.get());
    }

    private void passes(long micros) {
        clock.addAndGet(micros);
    }

    private void lostFor(long micros) {
        fleet.onLost(REDIS);
        passes(micros);
        fleet.onFound(REDIS);
    }

    @Test
    void atFirst_oneThatIsAlone() {
        assertThat(fleet.size()).isEqualTo(1);
        assertThat(fleet.rank()).isZero();
        assertThat(fleet.isKnown()).isFalse();
        assertThat(fleet.part().isWhole()).isTrue();
        assertThat(fleet.now()).isEqualTo(clock.get());
    }

    @Test
    void time_isThatOfRedis_asOfTheMiddleOfTheRoundTrip() {
        long sent = clock.get();
        passes(2 * MILLI);
        fleet.onHeartbeat(1, 0, 1, sent - AHEAD + MILLI, sent);
        assertThat(fleet.now()).isEqualTo(clock.get() - AHEAD);
        passes(SECOND);
        assertThat(fleet.now()).isEqualTo(clock.get() - AHEAD);
    }

    @Test
    void members_moreAtOnce_fewerWhenItHasLasted() {
        beat(3, 1, 3);
        assertThat(fleet.size()).isEqualTo(3);
        assertThat(fleet.rank()).isEqualTo(1);
        passes(SECOND);
        beat(1, 0, 1);
        assertThat(fleet.size()).as("it may have forgotten them").isEqualTo(3);
        passes(SECOND);
        beat(4, 2, 4);
        assertThat(fleet.size()).isEqualTo(4);
        beat(2, 0, 2);
        passes(GRACE - 1);
        beat(2, 0, 2);
        assertThat(fleet.size()).isEqualTo(4);
        passes(1);
        beat(2, 0, 2);
        assertThat(fleet.size()).isEqualTo(2);
        assertThat(fleet.part()).as("nobody was lost").isEqualTo(Part.WHOLE);
    }

    @Test
    void lost_numberIsKept_whateverAnotherRedisSays() {
        beat(4, 2, 4);
        fleet.onLost(REDIS);
        assertThat(fleet.isOut()).isTrue();
        passes(10 * SECOND);
        beat(1, 0, 0);
        assertThat(fleet.size()).isEqualTo(4);
        assertThat(fleet.rank()).isEqualTo(2);
        assertThat(fleet.since()).as("it is not back").isZero();
        beat(5, 3, 1);
        assertThat(fleet.size()).isEqualTo(5);
    }

    @Test
    void back_othersAreNot_partOfThoseWhoAre() {
        beat(4, 2, 4);
        lostFor(5 * SECOND);
        assertThat(fleet.isOut()).isFalse();
        beat(1, 0, 1);
        assertThat(fleet.part()).isEqualTo(new Part(1, 4));
        assertThat(fleet.size()).isEqualTo(4);
        passes(100 * MILLI);
        beat(3, 1, 3);
        assertThat(fleet.part()).isEqualTo(new Part(3, 4));
        passes(100 * MILLI);
        beat(4, 2, 4);
        assertThat(fleet.part()).isEqualTo(Part.WHOLE);
    }

    @Test
    void back_othersNeverAre_whenTheGraceIsOver() {
        beat(4, 2, 4);
        lostFor(5 * SECOND);
        beat(1, 0, 1);
        passes(GRACE - 1);
        beat(1, 0, 1);
        assertThat(fleet.part().isWhole()).isFalse();
        passes(1);
        beat(1, 0, 1);
        assertThat(fleet.part()).isEqualTo(Part.WHOLE);
        passes(GRACE);
        beat(1, 0, 1);
        assertThat(fleet.size()).isEqualTo(1);
    }

    @Test
    void back_redisRemembersOthers_onlyThoseHeardOfSinceCount() {
        beat(4, 2, 4);
        long lost = fleet.now();
        lostFor(SECOND);
        assertThat(fleet.since()).isEqualTo(lost);
        beat(4, 2, 1);
        assertThat(fleet.part()).isEqualTo(new Part(1, 4));
        beat(4, 2, 4);
        assertThat(fleet.part()).isEqualTo(Part.WHOLE);
        assertThat(fleet.since()).isZero();
    }

    @Test
    void backAtOnce_itWasThisOneAlone() {
        beat(4, 2, 4);
        lostFor(20 * MILLI);
        assertThat(fleet.since()).as("all that Redis knows").isZero();
    }

    @Test
    void severalRedis_backWhenAllAre() {
        beat(2, 0, 2);
        fleet.onLost("a");
        passes(SECOND);
        fleet.onLost("b");
        fleet.onFound("a");
        assertThat(fleet.isOut()).isTrue();
        beat(2, 0, 1);
        assertThat(fleet.part()).isEqualTo(Part.WHOLE);
        passes(SECOND);
        fleet.onFound("b");
        assertThat(fleet.since()).isEqualTo(fleet.now() - 2 * SECOND);
        beat(2, 0, 1);
        assertThat(fleet.part()).isEqualTo(new Part(1, 2));
    }

    @Test
    void lostAgain_whileReturning_numberIsThatOfBefore() {
        beat(4, 2, 4);
        lostFor(SECOND);
        beat(1, 0, 1);
        lostFor(SECOND);
        beat(2, 0, 2);
        assertThat(fleet.part()).isEqualTo(new Part(2, 4));
        assertThat(fleet.size()).isEqualTo(4);
    }
}
