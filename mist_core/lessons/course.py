"""The lessons in order, and a lecturer's plan for 45 minutes with them."""

from mist_core.lessons import difficulty, invariance, learning, meaning
from mist_core.lessons.lesson import Lesson

_LESSONS = (meaning.LESSON, invariance.LESSON, difficulty.LESSON, learning.LESSON)
COURSE: dict[str, Lesson] = {lesson.key: lesson for lesson in _LESSONS}
