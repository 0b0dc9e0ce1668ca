package dev.meridian.routes.match;

import java.util.Arrays;

/** Numbers of routes in ascending order, which is the order of matching; grows while an index is built. */
final class RouteList {

    static final int[] NONE = {};

    private int[] numbers = NONE;
    private int size;

    /** @param number not less than any before; one that is there already is not added again */
    void add(int number) {
        if (size > 0 && numbers[size - 1] == number) {
            return;
        }
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, Math.max(4, size * 2));
        }
        numbers[size++] = number;
    }

    /** All of them, in an array that must not be written to. */
    int[] numbers() {
        if (size != numbers.length) {
            numbers = Arrays.copyOf(numbers, size);
        }
        return numbers;
    }
}
