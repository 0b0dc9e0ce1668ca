package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.testkit.time.FakeTicker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Timeout(60)
class AccessLogWriterTests {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final AccessLogFormat PATH_ONLY = (entry, out) -> out.escaped(entry.path());

    private final FakeTicker ticker = new FakeTicker();
    private final Memory sink = new Memory();

    @Test
    void offer_fullQueue_dropsAndCounts() {
        AccessLogWriter writer = writer(PATH_ONLY, 4);

        for (int i = 0; i < 7; i++) {
            assertThat(writer.offer(Entries.withPath("/" + i))).isEqualTo(i < 4);
        }
        writer.writeAll();

        assertThat(sink.lines()).containsExactly("/0", "/1", "/2", "/3");
        assertThat(writer.droppedByQueue()).isEqualTo(3);
        assertThat(writer.droppedBySink()).isZero();
        assertThat(writer.offer(Entries.withPath("/again"))).isTrue();
    }

    @Test
    void writeAll_many_writesWholeLinesInOrderAndFewPieces() {
        AccessLogWriter writer = writer(PATH_ONLY, 10_000);
        List<String> paths =
                IntStream.range(0, 10_000).mapToObj(i -> "/orders/" + i).toList();
        paths.forEach(path -> writer.offer(Entries.withPath(path)));

        assertThat(writer.writeAll()).isEqualTo(10_000);

        assertThat(sink.lines()).isEqualTo(paths);
        assertThat(sink.pieces)
                .hasSizeLessThan(30)
                .allSatisfy(piece -> assertThat(piece).endsWith("\n"));
    }

    @Test
    void writeAll_nothing_doesNotTouchTheSink() {
        assertThat(writer(PATH_ONLY, 4).writeAll()).isZero();
        assertThat(sink.pieces).isEmpty();
    }

    @Test
    void writeAll_lineLongerThanTheBuffer_isWrittenWhole() {
        AccessLogWriter writer = writer(PATH_ONLY, 4);
        String path = "/" + "a".repeat(100_000);
        writer.offer(Entries.withPath(path));
        writer.offer(Entries.withPath("/b"));

        writer.writeAll();

        assertThat(sink.lines()).containsExactly(path, "/b");
    }

    @Test
    void writeAll_entryThatCannotBeFormatted_losesThatOneAlone() {
        AccessLogWriter writer = writer(
                (entry, out) -> {
                    out.escaped(entry.path());
                    if (entry.path().equals("/bad")) {
                        throw new IllegalStateException("on purpose");
                    }
                },
                4);
        writer.offer(Entries.withPath("/a"));
        writer.offer(Entries.withPath("/bad"));
        writer.offer(Entries.withPath("/b"));

        writer.writeAll();

        assertThat(sink.lines()).containsExactly("/a", "/b");
        assertThat(writer.droppedBySink()).isOne();
    }

    @Test
    void writeAll_sinkThatFails_countsTheLinesAndTriesAgain() {
        AccessLogWriter writer = writer(PATH_ONLY, 4);
        writer.offer(Entries.withPath("/lost/1"));
        writer.offer(Entries.withPath("/lost/2"));
        sink.failure = new IOException("No space left on device");
        writer.writeAll();
        sink.failure = null;
        writer.offer(Entries.withPath("/written"));
        writer.writeAll();

        assertThat(sink.lines()).containsExactly("/written");
        assertThat(writer.droppedBySink()).isEqualTo(2);
        assertThat(writer.droppedByQueue()).isZero();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void writeAll_sinkThatFailsOnAndOn_saysSoOnceAMinute(CapturedOutput output) {
        AccessLogWriter writer = writer(PATH_ONLY, 4);
        sink.failure = new IOException("No space left on device");
        for (int i = 0; i < 59; i++) {
            writer.offer(Entries.BARE);
            writer.writeAll();
            ticker.advance(Duration.ofSeconds(1));
        }
        assertThat(output).containsOnlyOnce("1 more lines lost").contains("memory: java.io.IOException: No space left");

        ticker.advance(Duration.ofSeconds(1));
        writer.writeAll();

        assertThat(output)
                .containsOnlyOnce("58 more lines lost; since the start 0 found the queue full, 59 were not written");
    }

    @Test
    void start_idleThenBusy_writesWithoutBeingAsked() {
        try (AccessLogWriter writer = writer(PATH_ONLY, 16).start()) {
            writer.offer(Entries.withPath("/first"));
            await().atMost(SOON).until(() -> sink.lines().equals(List.of("/first")));
            // Longer than it takes to fall asleep.
            await().pollDelay(Duration.ofMillis(1_300)).atMost(SOON).until(() -> true);
            writer.offer(Entries.withPath("/second"));
            await().atMost(Duration.ofSeconds(3)).until(() -> sink.lines().equals(List.of("/first", "/second")));
        }
    }

    @Test
    void start_smallQueueUnderLoad_isEmptiedBeforeThePauseIsOver() {
        AtomicInteger accepted = new AtomicInteger();
        try (AccessLogWriter writer = writer(PATH_ONLY, 64).start()) {
            for (int i = 0; i < 2_000; i++) {
                if (writer.offer(Entries.withPath("/" + i))) {
                    accepted.incrementAndGet();
                }
                if (i % 16 == 15) {
                    await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> sink.count() == accepted.get());
                }
            }
            assertThat(writer.droppedByQueue()).isZero();
        }
        assertThat(sink.lines()).hasSize(2_000);
    }

    @Test
    void close_writesWhatWaits() {
        AccessLogWriter writer = writer(PATH_ONLY, 10_000);
        List<String> paths = IntStream.range(0, 5_000).mapToObj(i -> "/" + i).toList();
        paths.forEach(path -> writer.offer(Entries.withPath(path)));

        writer.start().close();

        assertThat(sink.lines()).isEqualTo(paths);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void close_thenOffer_dropsAndCounts() {
        AccessLogWriter writer = writer(PATH_ONLY, 16).start();
        writer.close();

        assertThat(writer.offer(Entries.BARE)).isFalse();
        assertThat(writer.droppedByQueue()).isOne();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void close_sinkThatBlocks_givesUpAtTheDeadline(CapturedOutput output) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LogSink blocking = new LogSink() {
            @Override
            public void write(byte[] lines, int length) throws IOException {
                entered.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }

            @Override
            public void close() {}
        };
        AccessLogWriter writer = new AccessLogWriter(PATH_ONLY, blocking, 2, ticker).start();
        writer.offer(Entries.BARE);
        entered.await();
        assertThat(writer.offer(Entries.BARE)).isTrue();
        assertThat(writer.offer(Entries.BARE)).isTrue();
        assertThat(writer.offer(Entries.BARE)).isFalse(); // and has not blocked

        long before = System.nanoTime();
        writer.close();
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        release.countDown();

        assertThat(took).isBetween(Duration.ofMillis(AccessLogWriter.CLOSE_MILLIS - 100), Duration.ofSeconds(8));
        assertThat(output).contains("2 lines given up at shutdown");
    }

    @Test
    void thread_isADaemon() {
        try (AccessLogWriter writer = writer(PATH_ONLY, 16).start()) {
            assertThat(writer.offer(Entries.BARE)).isTrue();
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("meridian-access-log"))
                    .isNotEmpty()
                    .allMatch(Thread::isDaemon);
        }
    }

    private AccessLogWriter writer(AccessLogFormat format, int queueSize) {
        return new AccessLogWriter(format, sink, queueSize, ticker);
    }

    private static final class Memory implements LogSink {

        private final List<String> pieces = new CopyOnWriteArrayList<>();
        private volatile @Nullable IOException failure;
        private volatile boolean closed;

        @Override
        public void write(byte[] lines, int length) throws IOException {
            IOException planned = failure;
            if (planned != null) {
                throw planned;
            }
            pieces.add(new String(lines, 0, length, StandardCharsets.UTF_8));
        }

        List<String> lines() {
            return pieces.stream().flatMap(String::lines).toList();
        }

        int count() {
            return lines().size();
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public String toString() {
            return "memory";
        }
    }
}
