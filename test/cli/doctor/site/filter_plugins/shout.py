# Python
