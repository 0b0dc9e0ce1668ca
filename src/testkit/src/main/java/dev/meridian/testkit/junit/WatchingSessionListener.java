package dev.meridian.testkit.junit;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Puts the watches in place before the first class of a test is loaded, and has them report after the last test. A
 * launcher may open more than one session in a JVM.
 */
public final class WatchingSessionListener implements LauncherSessionListener {

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        BlockingCalls.install();
        BufferLeaks.install();
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        BufferLeaks.findLateOnes();
        BlockingCalls.report();
    }
}
