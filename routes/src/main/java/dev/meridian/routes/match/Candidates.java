package dev.meridian.routes.match;

import java.util.Arrays;

/**
 * The routes that one request is to be matched against, merged from several lists, in ascending order and each once.
 * Confined to the request.
 */
final class Candidates {

    private static final int NO_MORE = Integer.MAX_VALUE;

    private int[][] lists = new int[4][];
    private int[] positions = new int[4];
    private int count;
    private int current = -1;

    /** @param numbers ascending */
    void add(int[] numbers) {
        if (numbers.length == 0) {
            return;
        }
        if (count == lists.length) {
            lists = Arrays.copyOf(lists, count * 2);
            positions = Arrays.copyOf(positions, count * 2);
        }
        lists[count++] = numbers;
    }

    /** @return the next one, -1 where there is none left */
    int next() {
        int least = NO_MORE;
        for (int i = 0; i < count; i++) {
            int[] list = lists[i];
            int position = positions[i];
            while (position < list.length && list[position] <= current) {
                position++;
            }
            positions[i] = position;
            if (position < list.length && list[position] < least) {
                least = list[position];
            }
        }
        current = least == NO_MORE ? current : least;
        return least == NO_MORE ? -1 : least;
    }
}
