"""The lessons in order, and a lecturer's plan for 45 minutes with them."""

from mist_core.lessons import meaning
from mist_core.lessons.lesson import Lesson

COURSE: dict[str, Lesson] = {lesson.key: lesson for lesson in (meaning.LESSON,)}
